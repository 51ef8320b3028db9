using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Realtime;
using Serverless.Domain.Alarms;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Alarms;

/// <summary>Changes of alarms as the API shows them.</summary>
internal sealed class AlarmRepresentation : IChangeRepresentation
{
    public string Kind => AlarmDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => (string)change.Body["id"]!;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, Audience audience, CancellationToken cancellation) =>
        ValueTask.FromResult(
            change.Body.Deserialize(AlarmJson.Default.Alarm) is { } alarm ? CumulocityAlarm.Of(alarm, audience.Urls) : null
        );
}
