"""Deploying a model: what has to be known before anything is asked for.

forms      what is entered
choice     what is chosen so far, whether or not it could be sent
names      what an endpoint may be called
places     where an endpoint may be deployed, and with which tokens
repositories  what is known of the repository
balances   what the account that would pay has left
recent     what Hugging Face has answered within the last minutes
side_by_side  several questions to it at once
engines    the engines that can be deployed, and what their containers are started with
tiles      the hardware that is offered
prices     what it will cost
preflight  what is looked at before anything is asked for
filling    what the form begins with
suggesting what it offers while one types
screens    the form with all that follows from the choices
planning   what was entered, as what is asked for
bodies     the same as the request to Hugging Face
creations  endpoints that were asked for, and are not there yet
amounts    sizes and counts, as people read them
memory     an estimate of the memory that one replica needs, and whether hardware has it
dtypes     how many bytes numbers take, and which hardware computes with which type
offers     out of hardware: the cheapest that fits, and the next bigger
weights    the files of a repository that are loaded together, and names of quantised variants
"""
