using System.Security.Cryptography;
using System.Text;

namespace Serverless.Azure.CosmosDb;

/// <summary>The id of an item in its partition: kind and id in <see cref="OrderedText"/>, with a comma between, which neither
/// holds.</summary>
/// <remarks>Cosmos DB takes ids of up to 1,023 bytes. A longer one is cut and ends with "~~" and its SHA-256; the item then carries the
/// document's id as it is ("i").
/// Documents are ordered by this id, which is the order of their own ids but among those that share more than their first 900 bytes,
/// encoded.</remarks>
internal static class ItemId
{
    private const int MaxLength = 1000;
    private const int Kept = 900;
    private const string Cut = "~~";

    public static string Of(string kind, string id)
    {
        var whole = $"{OrderedText.Encode(kind)},{OrderedText.Encode(id)}";
        return whole.Length <= MaxLength
            ? whole
            : $"{whole[..Kept]}{Cut}{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(whole)))}";
    }

    public static bool IsCut(string item) => item.Contains(Cut, StringComparison.Ordinal);

    /// <summary>The document's id of an item that was not cut.</summary>
    public static string Read(string item) => OrderedText.Decode(item[(item.IndexOf(',', StringComparison.Ordinal) + 1)..]);
}
