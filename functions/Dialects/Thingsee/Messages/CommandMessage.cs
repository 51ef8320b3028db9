using System.Text.Json.Nodes;
using Serverless.Domain;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>A message to a thing, as a client posts it: header, transaction, and what is asked of it.</summary>
internal static class CommandMessage
{
    /// <summary>Checks a message and fills in what the client left out: tsmTs, and tsmDstTuid, which is the thing.</summary>
    /// <param name="node">The message.</param>
    /// <param name="tuid">The thing that the path names.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <exception cref="DomainException">A member is wrong.</exception>
    public static JsonObject Read(JsonNode? node, string tuid, long now)
    {
        if (node is not JsonObject message)
        {
            throw new DomainException(Refusal.Invalid, "A command is a JSON object.");
        }

        var id = Whole(message, "tsmId") ?? throw DomainException.Invalid("tsmId", "A command has a whole number tsmId.");
        if (!(ThingseeCatalogue.Profiles.GetValueOrDefault(id)?.IsCommand ?? false))
        {
            var allowed = ThingseeCatalogue.Profiles.Values.Where(profile => profile.IsCommand).Select(profile => profile.Id).Order();
            throw DomainException.Invalid("tsmId", $"A command's tsmId is one of {string.Join(", ", allowed)}.");
        }

        if (Whole(message, "tsmEv") is not { } number || !ThingseeEvents.IsRequest(number))
        {
            throw DomainException.Invalid("tsmEv", "A command's tsmEv is that of a request: 23, 25, 27, 30, 32 or 35.");
        }

        if (!message.TryAdd("tsmTs", now) && !(message["tsmTs"] is JsonValue time && time.TryGetValue<decimal>(out var told) && told >= 0))
        {
            throw DomainException.Invalid("tsmTs", "tsmTs is a number of seconds since 1970.");
        }

        message.TryAdd("tsmDstTuid", tuid);
        if (message["tsmDstTuid"] is not JsonValue destination || !destination.TryGetValue<string>(out var to) || to != tuid)
        {
            throw DomainException.Invalid("tsmDstTuid", $"tsmDstTuid is the thing of the path, '{tuid}'.");
        }

        return message.ContainsKey(ThingseeMessage.TransactionMember) && TransactionOf(message) is null
            ? throw DomainException.Invalid(ThingseeMessage.TransactionMember, "transactionId is a whole number from 0 to 2147483647.")
            : message;
    }

    /// <summary>The transaction, or null where there is none.</summary>
    public static int? TransactionOf(JsonObject message) =>
        Whole(message, ThingseeMessage.TransactionMember) is >= 0 and var transaction ? transaction : null;

    /// <summary>What the echo of a configuration must show; null where it is only read, or where an answer says of itself how it went.</summary>
    public static JsonObject? ExpectedOf(JsonObject message)
    {
        var asked = message.Where(member => ThingseeMessage.IsProperty(member.Key)).ToList();
        return asked.Count == 0 || Whole(message, "tsmEv") != ThingseeEvents.ConfigurationRequest
            ? null
            : new JsonObject(asked.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
    }

    /// <summary>Whether two messages ask the same, whenever they were written.</summary>
    public static bool AskTheSame(JsonObject one, JsonObject other)
    {
        var (first, second) = (one.DeepClone().AsObject(), other.DeepClone().AsObject());
        first.Remove("tsmTs");
        second.Remove("tsmTs");
        return JsonNode.DeepEquals(first, second);
    }

    private static int? Whole(JsonObject message, string name) =>
        message[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;
}
