namespace Serverless.Domain.Devices;

/// <summary>Ids of index entries, in characters that every store takes (Cosmos DB refuses / \ ? and # in an id).</summary>
internal static class DocumentIds
{
    public static string Of(ExternalId external) => $"{Uri.EscapeDataString(external.Type)}!{Uri.EscapeDataString(external.Value)}";

    public static string Of(string hubId) => Uri.EscapeDataString(hubId);
}
