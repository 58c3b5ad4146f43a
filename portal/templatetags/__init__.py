"""Template tags of the ground floor; built in, so no template loads them."""
