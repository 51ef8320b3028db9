using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>A managed object as a client sends it, checked.</summary>
internal sealed class ManagedObjectInput
{
    /// <summary>What the server writes itself: clients send it back as they have read it, and it is passed over.</summary>
    private static readonly HashSet<string> ReadOnly =
    [
        "id",
        "self",
        "creationTime",
        "lastUpdated",
        "childDevices",
        "childAssets",
        "childAdditions",
        "deviceParents",
        "assetParents",
        "additionParents",
        "externalIds",
        "c8y_LatestMeasurements",
        "c8y_PreviousMeasurements",
    ];

    private readonly JsonObject fragments = [];
    private readonly bool hasName;

    private ManagedObjectInput(JsonObject body)
    {
        Id = TextOf(body, "id");
        Name = TextOf(body, "name");
        hasName = body.ContainsKey("name");
        Type = TextOf(body, "type");
        HasType = body.ContainsKey("type");
        Owner = TextOf(body, "owner");
        foreach (var (name, value) in body)
        {
            if (name is not ("name" or "type" or "owner") && !ReadOnly.Contains(name))
            {
                fragments[name] = value?.DeepClone();
            }
        }

        ExternalIds = ReadExternalIds(body["externalIds"]);
        SaysNothing = body.All(member => member.Key == "id");
    }

    /// <summary>The id that the body repeats, or says what a collection's item is about.</summary>
    public string? Id { get; }

    public string? Name { get; }

    public string? Type { get; }

    public bool HasType { get; }

    public string? Owner { get; }

    public IReadOnlyList<ExternalId> ExternalIds { get; }

    /// <summary>Whether there is nothing in it but perhaps the id: a sign of life, and no change.</summary>
    public bool SaysNothing { get; }

    /// <exception cref="CumulocityException">A member is wrong.</exception>
    public static ManagedObjectInput Read(JsonObject body) => new(body);

    /// <summary>What a new object is made from.</summary>
    public NewDevice ToNew(string owner)
    {
        var kept = new JsonObject(
            fragments.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))
        );
        var made = MirroredFragments.Apply(Empty with { Fragments = kept }, kept.Select(member => member.Key).ToList());
        var named = Name is { Length: > 0 };
        return new NewDevice
        {
            Name = named ? Name : null,
            IsUnnamed = named ? null : true,
            Type = Type,
            Owner = Owner ?? owner,
            IsAsset = !IsDevice(kept),
            ExternalIds = ExternalIds,
            Fragments = kept,
            Location = made.Location,
            SerialNumber = made.SerialNumber,
            Firmware = made.Firmware,
            Hardware = made.Hardware,
        };
    }

    /// <summary>The twin as the body changes it: members are replaced whole, null removes, and what is not there stays.</summary>
    public DeviceTwin Apply(DeviceTwin twin)
    {
        var merged = twin.Fragments.DeepClone().AsObject();
        foreach (var (name, value) in fragments)
        {
            merged.Remove(name);
            if (value is not null)
            {
                merged[name] = value.DeepClone();
            }
        }

        var changed = twin with
        {
            Name = Name is { Length: > 0 } ? Name : twin.Name,
            IsUnnamed =
                !hasName ? twin.IsUnnamed
                : Name is { Length: > 0 } ? null
                : true,
            Type = HasType ? Type : twin.Type,
            Owner = Owner ?? twin.Owner,
            Fragments = merged,
            IsAsset = twin.IsAsset && !IsDevice(merged),
        };
        return MirroredFragments.Apply(changed, fragments.Select(member => member.Key));
    }

    private static readonly DeviceTwin Empty = new()
    {
        Id = "",
        Uuid = Guid.Empty,
        Name = "",
        Created = default,
        Updated = default,
    };

    private static bool IsDevice(JsonObject fragments) => ManagedObjectJson.DeviceFragments.Any(fragments.ContainsKey);

    private static string? TextOf(JsonObject body, string name) =>
        body[name] switch
        {
            null => null,
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),

            // Some clients read ids as numbers, and send them so.
            JsonValue value when name == "id" && value.GetValueKind() == JsonValueKind.Number => value.ToJsonString(),
            _ => throw CumulocityErrors.Invalid("inventory", $"The member {name} is a text."),
        };

    private static List<ExternalId> ReadExternalIds(JsonNode? node) =>
        node switch
        {
            null => [],
            JsonArray list => [.. list.Select(ReadExternalId).Distinct()],
            _ => throw CumulocityErrors.Invalid("inventory", "The member externalIds is a list."),
        };

    private static ExternalId ReadExternalId(JsonNode? node) =>
        node is JsonObject item
            ? ExternalIdInput.Read(item)
            : throw CumulocityErrors.Invalid("inventory", "An external id has a type and an externalId.");
}
