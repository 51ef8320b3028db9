using Serverless.Domain.Changes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>What is written of a device: its document, the entries by which it is found, and its change.</summary>
internal static class DeviceWrites
{
    public static DocumentWrite Replace(string etag, DeviceTwin twin) =>
        new(WriteMode.Replace, Kinds.Device, twin.Id, DeviceJson.Default.DeviceTwin.ToBody(twin), etag);

    public static DocumentWrite Entry(ExternalId external, string device)
    {
        var entry = new ExternalIdEntry(external.Type, external.Value, device);
        return new DocumentWrite(
            WriteMode.Create,
            Kinds.ExternalId,
            DocumentIds.Of(external),
            DeviceJson.Default.ExternalIdEntry.ToBody(entry)
        );
    }

    public static Change ChangeOf(string action, DeviceTwin twin) =>
        new(DeviceDirectory.ChangeKind, twin.Id, action, DeviceJson.ToObject(twin));

    public static DocumentWrite Link((string Id, string Source, string Child) link, DateTimeOffset since)
    {
        var body = DeviceJson.Default.LinkEntry.ToBody(new LinkEntry(link.Source, link.Child, since));
        return new DocumentWrite(WriteMode.Upsert, Kinds.Link, link.Id, body);
    }

    public static IEnumerable<(string Id, string Source, string Child)> AllLinks(DeviceTwin twin) =>
        from relation in Enum.GetValues<Relation>()
        from parent in twin.ParentsBy(relation).Distinct()
        select (Links.IdOf(relation, parent, twin.Id), Links.SourceOf(relation, parent), twin.Id);

    public static IEnumerable<ExternalId> AllExternalIds(DeviceTwin twin) =>
        twin.ExternalIds.Prepend(new ExternalId(ExternalId.Uuid, twin.Uuid.ToString())).Distinct();
}
