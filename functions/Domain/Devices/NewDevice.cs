using System.Text.Json.Nodes;

namespace Serverless.Domain.Devices;

/// <summary>What a device is made from; whatever is not given is chosen for it.</summary>
public sealed record NewDevice
{
    public Guid? Uuid { get; init; }

    public string? Name { get; init; }

    /// <summary>As <see cref="DeviceTwin.IsUnnamed"/>.</summary>
    public bool? IsUnnamed { get; init; }

    public string? Type { get; init; }

    public string? Owner { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>As <see cref="DeviceTwin.IsAsset"/>.</summary>
    public bool IsAsset { get; init; }

    /// <summary>As <see cref="DeviceTwin.Relays"/>.</summary>
    public bool Relays { get; init; }

    public string? SerialNumber { get; init; }

    public string? Firmware { get; init; }

    public string? Hardware { get; init; }

    public Location? Location { get; init; }

    /// <summary>As <see cref="DeviceTwin.Installation"/>.</summary>
    public string? Installation { get; init; }

    public string? Group { get; init; }

    public IReadOnlyList<ExternalId> ExternalIds { get; init; } = [];

    public IReadOnlyList<Channel> Channels { get; init; } = [];

    public IReadOnlyList<string> Parents { get; init; } = [];

    public IReadOnlyList<string> AssetParents { get; init; } = [];

    public IReadOnlyList<string> AdditionParents { get; init; } = [];

    public JsonObject? Fragments { get; init; }

    public JsonObject? Desired { get; init; }

    /// <summary>Its keys, or null for two new random ones.</summary>
    public DeviceKeys? Keys { get; init; }

    /// <summary>The twin that it becomes.</summary>
    internal DeviceTwin ToTwin(string id, DateTimeOffset now)
    {
        var uuid = Uuid ?? Guid.CreateVersion7(now);
        return new DeviceTwin
        {
            Id = id,
            Uuid = uuid,
            Name = Name ?? ExternalIds.Select(external => external.Value).FirstOrDefault() ?? uuid.ToString(),
            IsUnnamed = IsUnnamed,
            Type = Type,
            Owner = Owner,
            Enabled = Enabled,
            Relays = Relays,
            SerialNumber = SerialNumber,
            Firmware = Firmware,
            Hardware = Hardware,
            Location = Location,
            Installation = Installation,
            Group = Group,
            ExternalIds = ExternalIds,
            Channels = Channels,
            Parents = Parents,
            AssetParents = AssetParents,
            AdditionParents = AdditionParents,
            IsAsset = IsAsset,
            Fragments = Fragments ?? [],
            Desired = new TwinProperties(Desired ?? [], 1),
            Created = now,
            Updated = now,
        };
    }
}
