"""How a message is told: as a letter, to Slack, to Microsoft Teams, or signed to a program."""

import hashlib
import hmac
import json
import smtplib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from connectors.credentials import CredentialUnreadable, unseal
from exceptions.models import Message, Outgoing
from exceptions.news.addresses import AddressRefused, NoAnswer, post

SUBJECT = 150
CARD = 20


class NotSent(Exception):
    """It did not arrive; `final` where trying again makes no sense. `status`: what the other side said."""

    def __init__(self, reason: str, *, status: int | None = None, final: bool = False) -> None:
        super().__init__(reason)
        self.status, self.final = status, final


@dataclass(frozen=True)
class Answer:
    """What the other side said when it took the message."""

    status: int | None
    text: str


def deliver(message: Message, *, at: datetime) -> Answer:
    """Makes one attempt; raises NotSent."""
    person = message.person if message.outgoing is None else message.outgoing.person
    if person is not None and not person.is_active:
        raise NotSent("Who it is for has left.", final=True)
    if message.outgoing is None:
        return _send_letter(message)
    return _post(message.outgoing, message, at)


def letter(message: Message) -> EmailMultiAlternatives:
    """The letter in plain text and in HTML; its subject is one line, whatever the title holds."""
    assert message.person is not None
    words = message.content | {"preferences": settings.PUBLIC_ADDRESS + reverse("preferences")}
    sent = EmailMultiAlternatives(
        one_line(message.content["title"], SUBJECT),
        render_to_string("news/mail.txt", words),
        to=[message.person.email],
        headers={
            "Message-ID": f"<{message.key}@{urlsplit(settings.PUBLIC_ADDRESS).hostname or 'localhost'}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{words['preferences']}>",
        },
    )
    sent.attach_alternative(render_to_string("news/mail.html", words), "text/html")
    return sent


def one_line(text: str, longest: int) -> str:
    """`text` without line breaks and other control characters, cut at `longest`."""
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


def slack_body(content: dict[str, Any]) -> dict[str, Any]:
    """The message as Slack's incoming webhooks take it; what is told can neither call people nor make links."""
    lines = [f"*{_slack(one_line(content['title'], SUBJECT))}*"]
    for part in content["parts"]:
        lines += [f"*{_slack(part['heading'])}*"] if part["heading"] else []
        lines += [f"• <{line['address']}|{_slack(line['text']).replace('|', '¦')}>" for line in part["lines"]]
    if content.get("more"):
        lines.append(f"… and {content['more']:,} more")
    return {"text": "\n".join(lines)}


def teams_body(content: dict[str, Any]) -> dict[str, Any]:
    """The message as an Adaptive Card, which Teams' incoming webhooks and workflows take."""
    blocks: list[dict[str, Any]] = [_block(one_line(content["title"], SUBJECT), weight="bolder")]
    for part in content["parts"]:
        blocks += [_block(part["heading"], weight="bolder")] if part["heading"] else []
        for line in part["lines"][:CARD]:
            opens = {"type": "Action.OpenUrl", "url": line["address"]}
            blocks.append({"type": "Container", "items": [_block(line["text"])], "selectAction": opens})
    left = content.get("more", 0) + sum(max(len(part["lines"]) - CARD, 0) for part in content["parts"])
    blocks += [_block(f"… and {left:,} more")] if left else []
    card = {"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4"}
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card | {"body": blocks}}
    return {"type": "message", "attachments": [attached]}


def signature(key: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `<timestamp>.<body>` in hexadecimal digits."""
    return hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _send_letter(message: Message) -> Answer:
    try:
        letter(message).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as problem:
        codes = [code for code, _ in getattr(problem, "recipients", {}).values()] or [getattr(problem, "smtp_code", 0)]
        raise NotSent(str(problem)[:500], status=codes[0], final=all(500 <= code < 600 for code in codes)) from problem
    except OSError as problem:  # smtplib's other errors are
        raise NotSent(f"{type(problem).__name__}: {problem}"[:500]) from problem
    return Answer(None, "")


def _post(outgoing: Outgoing, message: Message, at: datetime) -> Answer:
    try:
        address, key = unseal(outgoing.sealed_address), unseal(outgoing.sealed_key) if outgoing.sealed_key else ""
        body, headers = _request(outgoing, message, key, at)
        said = post(address, body, headers)
    except (AddressRefused, CredentialUnreadable) as problem:
        raise NotSent(str(problem), final=True) from problem
    except NoAnswer as problem:
        raise NotSent(str(problem)) from problem
    if 200 <= said.status < 300:
        return Answer(said.status, said.text)
    reason = "It sends elsewhere, where we do not follow." if 300 <= said.status < 400 else said.text
    raise NotSent(reason or "No words.", status=said.status, final=said.status == 410)


def _request(outgoing: Outgoing, message: Message, key: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    headers = {"Content-Type": "application/json"}
    if outgoing.flavour == "slack":
        return _json(slack_body(message.content)), headers
    if outgoing.flavour == "teams":
        return _json(teams_body(message.content)), headers
    body, timestamp = _json({"id": message.key} | message.content), int(at.timestamp())
    headers |= {"Reconciliation-Id": message.key, "Reconciliation-Timestamp": str(timestamp)}
    return body, headers | {"Reconciliation-Signature": f"v1={signature(key, timestamp, body)}"}


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("*", "∗")


def _block(text: str, **shape: str) -> dict[str, Any]:
    plain = "".join(f"\\{sign}" if sign in "\\[]()*_#`<>!" else sign for sign in text)
    return {"type": "TextBlock", "text": plain, "wrap": True} | shape
