"""What update-rollout consists of. hawkBit does the work; this decides when the next group begins."""
