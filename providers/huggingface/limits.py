"""The greatest values that are read from Hugging Face's answers, each in one place.

`parse`, `hub_models` and `fields` cut longer texts and drop greater numbers; the columns that keep
them are as wide, so that the database refuses nothing that was read. Texts are in characters.
"""

NAME = 120  # of a user, an organization or an endpoint, and of who changed one
MODEL = 250  # "owner/name", and what an engine calls its model
FULL_NAME = 300
KIND = 40  # a word out of a few: a state, a role, a status, a vendor
REGION = 60
REVISION = 120
TASK = 80
LIBRARY = 60
LICENCE = 60
ENGINE = 60
ACCELERATOR = 20
INSTANCE_TYPE = 80
ARCHITECTURE = 120
COMPUTE_ID = 150
MEASURE = 60
ARGUMENT = 500
VARIABLE = 120  # the name of one
VALUE = 2_000  # of a variable; shown on demand, never kept
MESSAGE = 500
PATH = 250
URL = 500
TAG = 80
DTYPE = 20
PERMISSION = 100

COUNT = 1_000_000  # of replicas, minutes, processors, likes; also of gigabytes
ACCELERATORS = 2**15 - 1
PRICE = 100_000  # USD per hour: a hundred times what there is
PRICE_PLACES = 4  # decimals
FIRST_YEAR, LAST_YEAR = 2000, 2099  # of a time at which something was made, or ends
