using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>Changes of commands as the API shows operations, with their agent.</summary>
internal sealed class OperationRepresentation : IChangeRepresentation
{
    public string Kind => CommandDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => (string)change.Body["id"]!;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation) =>
        ValueTask.FromResult(
            change.Body.Deserialize(CommandJson.Default.Command) is { } command
                ? OperationJson.Of(command, audience.Urls, agent: true)
                : null
        );
}
