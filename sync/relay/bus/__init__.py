"""What carries news between the nodes of one relay: a contract (`base`) and what carries it."""
