"""One table of who may: each address by its name, each call of the API by its method and path.

A new page or call needs its line here; tests/exceptions/test_access.py tries each with every role, with somebody who
has no role, with nobody, and with tokens of every scope, and names the addresses that have no line.
"""

ANYBODY = "anybody"  # without signing in
SIGNED_IN = "signed in"  # any person, also without a role

PAGES: dict[str, str] = {
    "alive": ANYBODY,
    "hook": ANYBODY,  # a vendor; its signature is checked
    "api-v1:api-root": ANYBODY,
    "api-v1:openapi-json": ANYBODY,
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_inactive": ANYBODY,
    "account_signup": ANYBODY,  # closed: it says that people are invited
    "account_reset_password": ANYBODY,
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": ANYBODY,
    "account_reset_password_from_key_done": ANYBODY,
    "account_confirm_email": ANYBODY,
    "account_email_verification_sent": ANYBODY,
    "account_confirm_login_code": ANYBODY,
    "accept_invitation": ANYBODY,  # whoever has the link
    "account": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "mfa_authenticate": ANYBODY,  # the second step of signing in
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_login_webauthn": ANYBODY,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "socialaccount_login_cancelled": ANYBODY,
    "socialaccount_login_error": ANYBODY,
    "socialaccount_signup": ANYBODY,
    "socialaccount_connections": SIGNED_IN,
    "openid_connect_login": ANYBODY,
    "openid_connect_callback": ANYBODY,
    "queue": "see",
    "exception": "see",
    "move": "see",  # each move asks for its own standing
    "undo_change": "work",
    "bulk_move": "work",
    "bulk_job": "work",
    "save_view": "see",
    "drop_view": "see",
    "attach_file": "work",
    "attachment": "see",
    "draft": "see",
    "order": "see",
    "runs": "see",
    "run": "see",
    "feeds": "see",
    "search": "see",
    "return": "see",
    "customer": "see",
    "sku": "see",
    "records": "see",
    "record": "see",
    "version": "see",
    "rejected": "see",
    "rejected_line": "see",
    "people": "manage_people",
    "somebody": "manage_people",
    "invite_somebody": "manage_people",
    "withdraw_invitation": "manage_people",
    "leave": "manage_people",
    "come_back": "manage_people",
    "tokens": "manage_people",
    "revoke_token": "manage_people",
}

CALLS: dict[tuple[str, str], str] = {
    ("POST", "/records"): "ingest",
    ("GET", "/exceptions"): "read",
}
