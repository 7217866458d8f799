"""Sentences about models and their repositories."""

from providers.huggingface.explanations.explanation import Explanation, _

TEXTS: dict[str, Explanation] = {
    "model_not_found": Explanation(
        _("Model not found"),
        _("%(repository)s does not exist on the Hub, or is private and hidden from this token."),
        _(
            "Check the spelling (owner/name). A private model needs a token that may read it; a "
            "dataset or a space is no model."
        ),
    ),
    "model_not_found revision": Explanation(
        _("Revision not found"),
        _("%(repository)s has no commit, branch or tag %(revision)s."),
        _("Check the spelling, or leave the revision empty to take the newest commit."),
    ),
    "model_gated": Explanation(
        _("The model is gated"),
        _("The owners of %(repository)s ask everybody to request access first."),
        _(
            "Request access on the model's page with the token's account, and allow the token to "
            "read gated repositories."
        ),
    ),
    "model_wrong_type": Explanation(
        _("The model is of another type"),
        _("%(repository)s is made for %(task)s, which does not fit the chosen model type."),
        _("Choose the other model type, or another model."),
    ),
    "model_not_served": Explanation(
        _("No provider serves this model"),
        _("No inference provider offers %(repository)s for this task at the moment."),
        _("Choose a model with a live provider, or deploy it on an Inference Endpoint."),
    ),
    "model_not_served elsewhere": Explanation(
        _("No provider that can be called serves this model"),
        _("For this task only hf-inference can be called, and %(repository)s is at %(providers)s."),
        _("Choose a model that hf-inference serves, or deploy it on an Inference Endpoint."),
    ),
    "model_not_served provider": Explanation(
        _("That provider does not serve this model"),
        _("%(repository)s is not live at %(provider)s. It is served by %(providers)s."),
        _("Put one of these after the colon, or leave the provider out."),
    ),
    "model_exists": Explanation(
        _("This model is already set up"),
        _("%(name)s was set up in the same way while it was being checked."),
        _("Open the one that is there, or change the name or the endpoint."),
    ),
    "model_changed": Explanation(
        _("Somebody else changed this model"),
        _("It was saved by %(by)s while your checks ran, so your version was not saved over it."),
        _("Your entries are below. Save again to put them in place of the other ones."),
    ),
    "model_deleted": Explanation(
        _("The model was deleted meanwhile"),
        _("Somebody deleted it while your checks ran, so nothing was saved."),
        _("Your entries are below. Save again to set it up anew."),
    ),
    "repository_renamed": Explanation(
        _("The repository has a new name"),
        _("%(repository)s is now called %(new_name)s."),
        _("Use the new name."),
    ),
    "repository_mismatch": Explanation(
        _("The engine does not know this name"),
        _("%(who)s does not serve %(repository)s under this name."),
        _("Read the answer below, and have the container serve the repository under its own name."),
    ),
}
