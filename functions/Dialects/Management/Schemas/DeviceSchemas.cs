using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using static Serverless.Dialects.Management.Schemas.Schema;

namespace Serverless.Dialects.Management.Schemas;

/// <summary>Devices, their keys and their health.</summary>
internal static class DeviceSchemas
{
    public static IEnumerable<Component> All() =>
        [
            new("Device", Device(), Listed: true),
            new("NewDevice", NewDevice()),
            new("CreatedDevice", Object([.. DeviceMembers(), ("keys", Ref("Keys"))]).Requiring([.. AlwaysThere, "keys"])),
            new("DevicePatch", Object(Writable())),
            new("ExternalId", Object(("type", Text(1, 128)), ("value", Text(1, 256))).Requiring("type", "value")),
            new("Channel", Channel()),
            new("TwinProperties", TwinProperties()),
            new("DesiredPatch", Free().Saying("A JSON merge patch of the desired properties.")),
            new("Keys", Object(KeyMembers()).Requiring("primary", "secondary", "thumbprints")),
            new("NewKeys", Object(KeyMembers())),
            new("KeyRenewal", Object(("regenerate", OneOf("primary", "secondary"))).Requiring("regenerate")),
            new("Health", Health()),
        ];

    private static readonly string[] AlwaysThere =
    [
        "id",
        "uuid",
        "hubId",
        "name",
        "enabled",
        "relays",
        "externalIds",
        "fragments",
        "desired",
        "reported",
        "parents",
        "assetParents",
        "additionParents",
        "isAsset",
        "channels",
        "created",
        "updated",
        "version",
    ];

    private static JsonObject Device() => Object(DeviceMembers()).Requiring(AlwaysThere);

    private static JsonObject NewDevice() =>
        Object([("uuid", Uuid()), .. Writable(), ("desired", Free()), ("keys", Ref("NewKeys"))])
            .Saying("What is not given is chosen: a UUID, the first external id's value as the name, two random keys.");

    private static IEnumerable<(string, JsonObject)> Writable() =>
        [
            ("name", Text(1, 256)),
            ("type", Text(0, 256).OrNull()),
            ("owner", Text(0, 256).OrNull().Saying("The user who owns it.")),
            ("enabled", Flag().Saying("False keeps the device out.")),
            (
                "relays",
                Flag().Saying("Whether it may speak for every device of the tenant, as a vendor's cloud that is connected as one device.")
            ),
            (
                "externalIds",
                ListOf(Ref("ExternalId")).Saying("At most 32, each unique in the tenant; iothub is the id that it connects with.")
            ),
            ("fragments", Free().Saying("Members of the users' own.")),
            ("serialNumber", Text(0, 256).OrNull()),
            ("firmware", Text(0, 256).OrNull()),
            ("hardware", Text(0, 256).OrNull()),
            ("location", Location()),
            ("installation", OneOf(Installations.Statuses).OrNull()),
            ("group", Text(0, 256).OrNull()),
            ("channels", ListOf(Ref("Channel"))),
        ];

    private static IEnumerable<(string, JsonObject)> DeviceMembers() =>
        [
            ("id", Text().Saying("Decimal digits; it grows with time.")),
            ("uuid", Uuid()),
            ("hubId", Text().Saying("The id that it connects with.")),
            .. Writable(),
            ("desired", Ref("TwinProperties")),
            ("reported", Ref("TwinProperties")),
            ("health", Object(("color", Color()), ("message", Text()), ("time", Time()))),
            ("isUnnamed", Flag().Saying("True where nobody has given it a name: then the name was chosen for it.")),
            ("isAsset", Flag().Saying("Whether it is no device but a group, a service or a file.")),
            ("parents", ListOf(Text()).Saying("The ids of the devices that it is behind.")),
            ("assetParents", ListOf(Text()).Saying("The ids of the groups and assets that it is a member of.")),
            ("additionParents", ListOf(Text()).Saying("The ids of the objects that it goes with.")),
            ("lastMessage", Time()),
            ("connection", Object(("connected", Flag()), ("since", Time()))),
            (
                "push",
                Object(("since", Time()), ("until", Time()), ("isSession", Flag()))
                    .Saying("A connection for its commands that is not its hub's, and when it has ended unless it is renewed.")
            ),
            (
                "availability",
                OneOf(Enum.GetNames<DataStatus>())
                    .Saying("Whether data comes as often as c8y_RequiredAvailability has it; missing where nobody requires any.")
            ),
            ("silentAt", Integer().Saying("When it is unavailable unless it is heard before, in milliseconds since 1970.")),
            ("created", Time()),
            ("updated", Time()),
            ("version", Integer().Saying("1 and up, with each change; it goes on where the device is deleted and made again.")),
        ];

    private static JsonObject Color() => OneOf(Enum.GetNames<HealthColor>());

    private static JsonObject Location() =>
        Object(("latitude", Number(-90, 90)), ("longitude", Number(-180, 180)), ("altitude", Number().OrNull()))
            .OrNull()
            .Saying("Degrees (WGS 84) and metres.");

    private static JsonObject Channel() =>
        Object(
                ("number", Integer(1, int.MaxValue)),
                ("measurement", Text(1)),
                ("field", Text(1)),
                ("type", Text().OrNull()),
                ("description", Text().OrNull()),
                ("unit", Text().OrNull()),
                ("offset", Number()),
                ("calibration", Number())
            )
            .Requiring("number", "measurement", "field")
            .Saying("The number under which the APIs that number channels show a measurement's field.");

    private static JsonObject TwinProperties() =>
        Object(("values", Free()), ("version", Integer()))
            .Requiring("values", "version")
            .Saying("Properties and the version that they have.");

    private static IEnumerable<(string, JsonObject)> KeyMembers() =>
        [
            ("primary", Text().OrNull().Saying("16 to 64 bytes in base64.")),
            ("secondary", Text().OrNull().Saying("16 to 64 bytes in base64.")),
            ("thumbprints", ListOf(Text()).Saying("SHA-1 or SHA-256 of the certificates that the device may show, in hexadecimal.")),
        ];

    private static JsonObject Health() =>
        Object(
                ("color", Color().OrNull().Saying("What the device last said of itself; null where it never did.")),
                ("message", Text().OrNull()),
                ("time", Time().OrNull()),
                ("connected", Flag().Saying("Whether it is connected now.")),
                ("since", Time().OrNull()),
                ("lastMessage", Time().OrNull().Saying("When it was last heard of, to within a minute."))
            )
            .Requiring("color", "message", "time", "connected", "since", "lastMessage");
}
