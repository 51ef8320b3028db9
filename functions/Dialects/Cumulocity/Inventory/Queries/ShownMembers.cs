using Serverless.Domain.Documents;

namespace Serverless.Dialects.Cumulocity.Inventory.Queries;

/// <summary>Where in a twin's document lies what the API shows of an object: some members are the twin's own, the rest its fragments.</summary>
internal static class ShownMembers
{
    private const string Fragments = "fragments";

    private static readonly Dictionary<string, string> Own = new()
    {
        ["id"] = "id",
        ["type"] = "type",
        ["owner"] = "owner",
        ["name"] = "name",
        ["creationTime"] = "created",
        ["creationTime.date"] = "created",
        ["lastUpdated"] = "updated",
        ["lastUpdated.date"] = "updated",
    };

    /// <summary>Fragments that the twin knows as members of its own, which have the last word where they are there.</summary>
    private static readonly Dictionary<string, MemberPath> Mirrored = new()
    {
        ["c8y_Position"] = "location",
        ["c8y_Position.lat"] = "location.latitude",
        ["c8y_Position.lng"] = "location.longitude",
        ["c8y_Position.alt"] = "location.altitude",
        ["c8y_Hardware"] = "serialNumber",
        ["c8y_Hardware.serialNumber"] = "serialNumber",
        ["c8y_Hardware.revision"] = "hardware",
        ["c8y_Firmware"] = "firmware",
        ["c8y_Firmware.version"] = "firmware",
    };

    /// <summary>Whether a path is one of the two times that every object has.</summary>
    public static bool IsTime(QueryPath path) => Own.GetValueOrDefault(path.Text) is "created" or "updated";

    /// <summary>The twin's member that a path shows, or null where it is a fragment.</summary>
    public static MemberPath? OwnMember(QueryPath path) => Own.TryGetValue(path.Text, out var member) ? new MemberPath(member) : null;

    /// <summary>The twin's member that stands in for a fragment's where it is there, or null.</summary>
    public static MemberPath? MirroredMember(QueryPath path) => Mirrored.GetValueOrDefault(path.Text);

    /// <summary>A fragment's place in the twin.</summary>
    public static MemberPath Fragment(params IReadOnlyList<string> names) => new([Fragments, .. names]);
}
