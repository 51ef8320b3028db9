using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Alarms;
using Serverless.Dialects.Cumulocity.Operations;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Alarms;
using Serverless.Domain.Changes;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Alarms.</summary>
internal sealed class AlarmRepresentation : IChangeRepresentation
{
    public string Kind => AlarmDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => (string)change.Body["id"]!;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, SelfUrls urls, CancellationToken cancellation) =>
        ValueTask.FromResult<JsonObject?>(CumulocityAlarm.Of(AlarmJson.OfObject(change.Body), urls));
}

/// <summary>Commands as operations.</summary>
internal sealed class OperationRepresentation : IChangeRepresentation
{
    public string Kind => CommandDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => (string)change.Body["id"]!;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, SelfUrls urls, CancellationToken cancellation) =>
        ValueTask.FromResult<JsonObject?>(OperationJson.Of(CommandJson.OfObject(change.Body), urls, agent: true));
}

/// <summary>What the representations share.</summary>
internal static class Shown
{
    public static JsonObject Source(LoggedChange change, SelfUrls urls) =>
        new() { ["self"] = urls.ManagedObject(change.Source), ["id"] = change.Source };

    public static void Copy(JsonObject from, JsonObject to, params ReadOnlySpan<(string From, string To)> members)
    {
        foreach (var (name, shown) in members)
        {
            if (from[name] is { } value)
            {
                to[shown] = value.DeepClone();
            }
        }
    }
}
