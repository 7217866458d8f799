"""Deploying a model: what has to be known before anything is asked for.

memory     an estimate of the memory that one replica needs, and whether hardware has it
dtypes     how many bytes numbers take, and which hardware computes with which type
offers     out of hardware: the cheapest that fits, and the next bigger
weights    the files of a repository that are loaded together, and names of quantised variants
"""
