"""Acting on endpoints: what a person wants is an Action, which workers send once and settle.

verbs      what can be done, one entry for each: its words, its call, and what a look must show
forms      what has to be entered for a verb, and the field at which a refusal is shown
asking     a person asks for something, or takes it back
deployments  a person asks for an endpoint to be made
running    a worker sends what was asked for, and settles what came of it
looking    a look at one endpoint: whether it is as an action wants it
overtaking  what has happened since it was asked for, upon which it is over
outcomes   what becomes of an action: done, refused, unclear
columns    whether a column is as it is wanted, however Hugging Face writes it
rights     through which token an action may be sent, and lacks, what is missing where none may
wanted     what was wanted beside what is seen, setting by setting (configuration), and keeping
           what is seen as wanted from now on
latest     the latest actions in words
"""
