"""The queue: its search, order, groups and views, and one move of many of its cases."""
