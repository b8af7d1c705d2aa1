// Only the precompiled header is wanted from this target.
