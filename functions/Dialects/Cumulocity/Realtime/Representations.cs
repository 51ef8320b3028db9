using System.Text.Json.Nodes;
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

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, SelfUrls urls, CancellationToken cancellation)
    {
        var id = IdOf(change);
        var shown = new JsonObject
        {
            ["id"] = id,
            ["self"] = urls.Of($"/alarm/alarms/{id}"),
            ["source"] = Shown.Source(change, urls),
            ["severity"] = ((string?)change.Body["severity"])?.ToUpperInvariant(),
            ["status"] = ((string?)change.Body["status"])?.ToUpperInvariant(),
        };
        Shown.Copy(change.Body, shown, ("type", "type"), ("text", "text"), ("last", "time"), ("count", "count"));
        return ValueTask.FromResult<JsonObject?>(shown);
    }
}

/// <summary>Commands as operations.</summary>
internal sealed class OperationRepresentation : IChangeRepresentation
{
    public string Kind => CommandDirectory.ChangeKind;

    public string IdOf(LoggedChange change) => (string)change.Body["id"]!;

    public ValueTask<JsonObject?> ShowAsync(string tenant, LoggedChange change, SelfUrls urls, CancellationToken cancellation)
    {
        var id = IdOf(change);
        var shown = new JsonObject
        {
            ["id"] = id,
            ["self"] = urls.Of($"/devicecontrol/operations/{id}"),
            ["deviceId"] = change.Source,
            ["status"] = (string?)change.Body["state"] switch
            {
                "Queued" => "PENDING",
                "Sent" => "EXECUTING",
                "Acknowledged" => "SUCCESSFUL",
                _ => "FAILED",
            },
        };
        Shown.Copy(change.Body, shown, ("created", "creationTime"), ("failure", "failureReason"));
        foreach (var (name, value) in change.Body["payload"] as JsonObject ?? [])
        {
            shown.TryAdd(name, value?.DeepClone());
        }

        return ValueTask.FromResult<JsonObject?>(shown);
    }
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
