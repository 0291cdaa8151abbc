"""How people and programs are told: the inbox, digests, channels, and what is sent through them."""
