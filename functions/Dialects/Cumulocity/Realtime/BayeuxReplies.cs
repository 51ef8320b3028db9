using System.Text.Json.Nodes;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>The replies of reference 2.2: an id only where the message has one.</summary>
internal static class BayeuxReplies
{
    public const string UnknownClient = "402::Unknown client";

    public static JsonObject Successful(BayeuxMessage message) => Of(message, successful: true);

    public static JsonObject Failed(BayeuxMessage message, string error)
    {
        var reply = Of(message, successful: false);
        reply["error"] = error;
        return reply;
    }

    /// <summary>The session is not there: the client handshakes again, and subscribes again.</summary>
    public static JsonObject Unknown(BayeuxMessage message, string? why = null)
    {
        var reply = Failed(message, why is null ? UnknownClient : $"{UnknownClient}: {why}");
        reply["advice"] = new JsonObject { ["reconnect"] = "handshake", ["interval"] = 0 };
        return reply;
    }

    public static JsonObject Connected(JsonValue? id, TimeSpan timeout, TimeSpan interval)
    {
        var reply = new JsonObject();
        if (id is not null)
        {
            reply["id"] = id.DeepClone();
        }

        reply["channel"] = BayeuxMessage.Connect;
        reply["successful"] = true;
        reply["advice"] = new JsonObject
        {
            ["reconnect"] = "retry",
            ["interval"] = (long)interval.TotalMilliseconds,
            ["timeout"] = (long)timeout.TotalMilliseconds,
        };
        return reply;
    }

    /// <summary>What cannot be read has neither channel nor id to name.</summary>
    public static JsonArray Unreadable(string why) => [new JsonObject { ["successful"] = false, ["error"] = $"400::{why}" }];

    private static JsonObject Of(BayeuxMessage message, bool successful)
    {
        var reply = new JsonObject();
        if (message.Id is { } id)
        {
            reply["id"] = id.DeepClone();
        }

        reply["channel"] = message.Channel;
        reply["successful"] = successful;
        return reply;
    }
}
