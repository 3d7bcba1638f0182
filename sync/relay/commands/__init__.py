"""The verbs of `inkstand-relay`, one module a family; each has `add_to(verbs, where)`."""
