"""Checking a model with all steps, for a person who presses Save or Check now.

step        what a step is
steps       the steps, in their order
addresses   a step: is the address one of the token's endpoints
calls       a step: the real call
context     what they have found so far
progress    the steps written to the row as they tick off
runner      a worker takes them
outcome     what becomes of it: the saved model, or the diagnosis at its field
"""
