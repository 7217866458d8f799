"""The form of a new endpoint. Its parts are in modules of their own.

model      the repository, its revision, the recipe, the task
place      the endpoint's name, its namespace and the token
hardware   tiles, and what narrows them down
engine     the engine and what its container is started with
variables  environment, secrets and the credentials of a registry
deploy     all of it together
"""

from providers.endpoints.deploying.forms.deploy import DeployForm

__all__ = ["DeployForm"]
