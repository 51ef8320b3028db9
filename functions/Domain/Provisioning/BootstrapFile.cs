using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Provisioning;

/// <summary>A bootstrap file that cannot be read; the message says what is wrong and where.</summary>
public sealed class BootstrapException(string message) : Exception(message);

/// <summary>Reads the bootstrap file's JSON; comments and trailing commas are allowed.</summary>
public static class BootstrapFile
{
    /// <exception cref="BootstrapException">It is not well-formed, or has members that mean nothing here: the message names them all.</exception>
    public static Bootstrap Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            json = json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using (var document = JsonDocument.Parse(json, options))
            {
                var unknown = new List<string>();
                Collect(document.RootElement, BootstrapJson.Default.Bootstrap, "", unknown);
                if (unknown.Count > 0)
                {
                    throw new BootstrapException($"Unknown members: {string.Join(", ", unknown)}.");
                }
            }

            var read = JsonSerializer.Deserialize(json.Span, BootstrapJson.Default.Bootstrap) ?? new Bootstrap();
            CheckSettings(read);
            return read;
        }
        catch (JsonException broken)
        {
            throw new BootstrapException(broken.Message);
        }
    }

    private static void CheckSettings(Bootstrap bootstrap)
    {
        foreach (var (index, tenant) in (bootstrap.Tenants ?? []).Index())
        {
            try
            {
                // A file may hold null in the place of a tenant, which is refused with the other members.
                new TenantSettings().Merge(((BootstrapTenant?)tenant)?.Settings ?? []);
            }
            catch (DomainException wrong)
            {
                throw new BootstrapException($"{wrong.Message} Path: $.tenants[{index}].{wrong.Member}");
            }
        }
    }

    private static void Collect(JsonElement element, JsonTypeInfo type, string path, List<string> unknown)
    {
        if (type.Kind == JsonTypeInfoKind.Object && element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                if (type.Properties.FirstOrDefault(property => property.Name == member.Name) is { } property)
                {
                    Collect(member.Value, TypeOf(property), memberPath, unknown);
                }
                else
                {
                    unknown.Add(memberPath);
                }
            }
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                Collect(
                    item,
                    BootstrapJson.Default.GetTypeInfo(type.ElementType!) ?? TenantJson.Default.GetTypeInfo(type.ElementType!)!,
                    $"{path}[{index++}]",
                    unknown
                );
            }
        }
    }

    /// <summary>What a member may hold: a tenant's settings are kept as JSON, to be merged into those that it has.</summary>
    private static JsonTypeInfo TypeOf(JsonPropertyInfo property) =>
        property.PropertyType == typeof(JsonObject)
            ? TenantJson.Default.TenantSettings
            : BootstrapJson.Default.GetTypeInfo(property.PropertyType) ?? TenantJson.Default.GetTypeInfo(property.PropertyType)!;
}
