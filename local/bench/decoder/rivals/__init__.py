"""The handlers ours is compared with, as someone would write them for that language's managed runtime."""
