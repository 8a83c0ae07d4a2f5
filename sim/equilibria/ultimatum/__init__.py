"""One offer, to be taken or left: how much to ask for when nobody is sure what is refused."""
