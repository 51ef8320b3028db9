using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.Domain.Devices;

/// <summary>A name that a device has in some system, such as (c8y_Serial, SN-1). Unique in the tenant.</summary>
public readonly record struct ExternalId(string Type, string Value)
{
    /// <summary>The type of a device's IoT Hub id.</summary>
    public const string IotHub = "iothub";

    /// <summary>The type under which every device's UUID is found.</summary>
    public const string Uuid = "uuid";
}

/// <summary>Where a (measurement, field) of the device appears in the dialects that number channels.</summary>
/// <param name="Number">1 and up; unique in the device.</param>
/// <param name="Measurement">The measurement.</param>
/// <param name="Field">The field.</param>
public sealed record Channel(int Number, string Measurement, string Field)
{
    /// <summary>What is measured, such as Temperature.</summary>
    public string? Type { get; init; }

    public string? Description { get; init; }

    /// <summary>The unit that readings come in.</summary>
    public string? Unit { get; init; }

    /// <summary>Added to a reading, after <see cref="Calibration"/>, by the dialects that calibrate.</summary>
    public double Offset { get; init; }

    /// <summary>What a reading is multiplied by, by the dialects that calibrate.</summary>
    public double Calibration { get; init; } = 1;
}

/// <summary>How a device says it is: Proficloud's traffic light.</summary>
public enum HealthColor
{
    Green,
    Orange,
    Red,
}

/// <summary>A device's health as it last told, by its own clock.</summary>
public sealed record Health(HealthColor Color, string Message, DateTimeOffset Time);

/// <summary>Degrees of latitude and longitude (WGS 84), metres of altitude.</summary>
public sealed record Location(double Latitude, double Longitude, double? Altitude = null);

/// <summary>Properties with a version that grows with each change.</summary>
public sealed record TwinProperties(JsonObject Values, long Version)
{
    public static TwinProperties Initial => new([], 1);
}

/// <summary>Whether the device is connected to its hub, and since when.</summary>
public sealed record Connection(bool Connected, DateTimeOffset Since);

/// <summary>How far the twin follows the hub's own, where the hub keeps one.</summary>
/// <param name="Desired">The hub's version of the desired properties.</param>
/// <param name="Reported">The hub's version of the reported properties.</param>
/// <param name="Made">When the hub made the device.</param>
/// <param name="Pushed">When desired properties were last pushed to it from here, by the hub's clock; null for never.</param>
public sealed record HubVersions(long Desired, long Reported, DateTimeOffset Made, DateTimeOffset? Pushed = null);

/// <summary>A device's digital twin.</summary>
public sealed record DeviceTwin
{
    /// <summary>A decimal string of at most 53 bits that grows with time.</summary>
    public required string Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    /// <summary>True where nobody has given it a name: then the name was chosen for it. Never false.</summary>
    public bool? IsUnnamed { get; init; }

    public string? Type { get; init; }

    /// <summary>The user who owns it.</summary>
    public string? Owner { get; init; }

    /// <summary>False keeps the device out and its messages unread.</summary>
    public bool Enabled { get; init; } = true;

    public IReadOnlyList<ExternalId> ExternalIds { get; init; } = [];

    /// <summary>Whether it is no device but a group, a service, a file or what else is kept beside devices: it has no identity at the hub, and no keys.</summary>
    public bool IsAsset { get; init; }

    /// <summary>Whether it may speak for every device of its tenant, as a vendor's whole cloud that is connected as one device does.</summary>
    public bool Relays { get; init; }

    /// <summary>Members of the users' own, as they wrote them.</summary>
    public JsonObject Fragments { get; init; } = [];

    public TwinProperties Desired { get; init; } = TwinProperties.Initial;

    public TwinProperties Reported { get; init; } = TwinProperties.Initial;

    public Health? Health { get; init; }

    public string? SerialNumber { get; init; }

    public string? Firmware { get; init; }

    public string? Hardware { get; init; }

    /// <summary>When the device last told its serial number, firmware or hardware; what it told before that replaces none of them.</summary>
    public DateTimeOffset? InformationTime { get; init; }

    public Location? Location { get; init; }

    /// <summary>Whether it is installed: one of <see cref="Installations.Statuses"/>, or null where nobody has said.</summary>
    public string? Installation { get; init; }

    public string? Group { get; init; }

    /// <summary>The ids of the devices that it is behind.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>The ids of the groups and assets that it is a member of.</summary>
    public IReadOnlyList<string> AssetParents { get; init; } = [];

    /// <summary>The ids of the objects that it goes with.</summary>
    public IReadOnlyList<string> AdditionParents { get; init; } = [];

    public IReadOnlyList<Channel> Channels { get; init; } = [];

    /// <summary>When it was last heard of, to within a minute; null for never.</summary>
    public DateTimeOffset? LastMessage { get; init; }

    public Connection? Connection { get; init; }

    /// <summary>A connection for its commands that is not its hub's, or null.</summary>
    public PushConnection? Push { get; init; }

    /// <summary>Whether data comes as often as is required, as it was last told; null where nobody requires any. <see cref="DeviceAvailability.Of"/> tells it as it is now.</summary>
    public DataStatus? Availability { get; init; }

    /// <summary>When it is unavailable unless it is heard before, in milliseconds since 1970; null where it is already, or nobody asks.</summary>
    public long? SilentAt { get; init; }

    public HubVersions? Hub { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>1 and up, with each change; it goes on where the device is deleted and made again.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Its IoT Hub id: the external id iothub, else its UUID.</summary>
    [JsonIgnore]
    public string HubId
    {
        get
        {
            foreach (var id in ExternalIds)
            {
                if (id.Type == ExternalId.IotHub)
                {
                    return id.Value;
                }
            }

            return Uuid.ToString();
        }
    }

    /// <summary>The ids of what it belongs to by a relation.</summary>
    public IReadOnlyList<string> ParentsBy(Relation relation) =>
        relation switch
        {
            Relation.Asset => AssetParents,
            Relation.Addition => AdditionParents,
            _ => Parents,
        };

    /// <summary>The twin with other parents by a relation.</summary>
    public DeviceTwin WithParents(Relation relation, IReadOnlyList<string> parents) =>
        relation switch
        {
            Relation.Asset => this with { AssetParents = parents },
            Relation.Addition => this with { AdditionParents = parents },
            _ => this with { Parents = parents },
        };
}

/// <summary>What is left of a deleted device: the versions at which one with the same UUID goes on.</summary>
public sealed record RetiredDevice(long Version, long Desired, long Reported);

/// <summary>Whose device an IoT Hub id is.</summary>
/// <param name="Owner">The tenant.</param>
/// <param name="Source">The device's id.</param>
public sealed record HubEntry(string Owner, string Source);

/// <summary>An external id's entry, with the id of the device that has it.</summary>
public sealed record ExternalIdEntry(string Type, string Value, string Source);

/// <summary>A line of a device's own log.</summary>
/// <param name="Source">The device's id.</param>
/// <param name="Time">The device's time, else the broker's.</param>
/// <param name="Level">0 debug, 1 info, 2 warning, 3 error, 4 fatal.</param>
/// <param name="Tag">What in the device wrote it.</param>
/// <param name="Message">What it wrote.</param>
public sealed record DeviceLogLine(string Source, DateTimeOffset Time, int Level, string Tag, string Message);
