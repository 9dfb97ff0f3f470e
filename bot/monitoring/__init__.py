"""What an operator's tools ask of the running bot: does it live, can it serve, and figures; off by default."""
