"""Ten apps as people write them, and what deploying them needs."""
