"""How each format of export is opened and which of its columns fill ours by default."""
