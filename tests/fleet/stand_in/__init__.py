"""A stand-in for the hawkBit server where that can't be had: the part of its interfaces that devices and update-rollout
use, with its behaviour, traps included. The same tests run against the real server, and must find the same."""
