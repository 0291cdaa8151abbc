"""Items that note which of their members somebody reads."""


class Watched(dict):
    """An item of a vendor's; `read` holds the names that were asked for, also within."""

    def __init__(self, said, read):
        super().__init__(said)
        self.read = read

    def __getitem__(self, name):
        self.read.add(name)
        return watched(super().__getitem__(name), self.read)

    def get(self, name, default=None):
        self.read.add(name)
        return watched(super().get(name, default), self.read)


def watched(said, read):
    """What is said, watched."""
    if isinstance(said, dict):
        return Watched(said, read)
    return [watched(one, read) for one in said] if isinstance(said, list) else said


def members(said):
    """Every member that a specification names, wherever."""
    if isinstance(said, list):
        return {name for one in said for name in members(one)}
    if not isinstance(said, dict):
        return set()
    return {*(said.get("properties") or {}), *(name for one in said.values() for name in members(one))}
