"""Who may do what with a document: the Share dialog, invites, a relay on this computer."""
