"""What a verification is about, and what its steps have found so far."""

from dataclasses import dataclass, field

from hfadmin.vault import Secret
from providers.catalog.models import Verification
from providers.catalog.requirements import stored_secret
from providers.huggingface.types import CallResult, Identity, ModelDetails, RemoteEndpoint


@dataclass(slots=True)
class Context:
    row: Verification
    version: int  # the organization's, as the verification began
    token: Secret | None = None
    identity: Identity | None = None
    remote: RemoteEndpoint | None = None
    details: ModelDetails | None = None
    providers: tuple[str, ...] = ()
    bill_to: str | None = None
    result: CallResult | None = None
    spelled: dict[str, str] = field(default_factory=dict)

    @property
    def secret(self) -> Secret:
        if self.token is None:
            self.token = stored_secret(self.row.token)
        return self.token

    def spell(self, column: str, given: str) -> dict[str, str]:
        """Use the spelling that Hugging Face gave from here on; what to note where it is another
        than the one typed."""
        typed = getattr(self.row, column)
        if typed == given:
            return {}
        setattr(self.row, column, given)
        self.spelled[column] = given
        return {"typed": typed, "given": given}
