using System.Text.Json;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Alarms;

/// <summary>What a tenant says of alarms of a type: tenant options of the category alarm.type.mapping, by type, as SEVERITY|TEXT. NONE as the severity raises none of them.</summary>
/// <param name="Severity">The severity that they get, or null for their own.</param>
/// <param name="Text">The text that they get, or null for their own.</param>
/// <param name="IsSuppressed">Whether there are none.</param>
internal sealed record AlarmMapping(AlarmSeverity? Severity, string? Text, bool IsSuppressed)
{
    private const string Category = "alarm.type.mapping";

    public static async ValueTask<AlarmMapping?> FindAsync(IDocumentStore store, string tenant, string type, CancellationToken cancellation)
    {
        var key = new DocumentKey(tenant, Kinds.TenantOption, $"{Category}!{Uri.EscapeDataString(type)}");
        if (await store.GetAsync(key, cancellation) is not { } option)
        {
            return null;
        }

        using var body = JsonDocument.Parse(option.Body);
        return body.RootElement.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String
            ? Parse(value.GetString()!)
            : null;
    }

    public static AlarmMapping? Parse(string value)
    {
        var bar = value.IndexOf('|', StringComparison.Ordinal);
        var (severity, text) = bar < 0 ? (value, "") : (value[..bar], value[(bar + 1)..]);
        var isSuppressed = severity.Trim().Equals("NONE", StringComparison.OrdinalIgnoreCase);
        var parsed = Enum.TryParse<AlarmSeverity>(severity.Trim(), ignoreCase: true, out var known) && Enum.IsDefined(known);
        return new AlarmMapping(parsed ? known : null, text.Trim().Length == 0 ? null : text.Trim(), isSuppressed);
    }
}
