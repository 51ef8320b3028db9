using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>An external id as a client sends it.</summary>
internal static class ExternalIdInput
{
    private static readonly string[] Members = ["externalId", "type"];

    /// <exception cref="CumulocityException">A member is missing or no text.</exception>
    public static ExternalId Read(JsonObject body)
    {
        var missing = Members.Where(member => body[member] is null).ToList();
        if (missing.Count > 0)
        {
            throw CumulocityErrors.MissingFields(missing);
        }

        return new ExternalId(Text(body, "type"), Text(body, "externalId"));
    }

    private static string Text(JsonObject body, string member) =>
        body[member] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text
            ? text
            : throw CumulocityErrors.Invalid("identity", $"The member {member} is a text of at least one character.");
}
