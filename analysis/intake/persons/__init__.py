"""Who is who: pseudonyms, identities, and the roster completed."""
