using System.Text.Json.Nodes;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Conduit;

/// <summary>What Conduit says of a device beside its twin's own members: the members of the twin's fragment conduit.</summary>
/// <param name="Twin">The twin.</param>
internal readonly record struct ConduitMetadata(DeviceTwin Twin)
{
    /// <summary>The fragment's name.</summary>
    public const string Fragment = "conduit";

    /// <summary>The members of a record that are members of the fragment, each a text.</summary>
    public static readonly IReadOnlyDictionary<string, string> Texts = new Dictionary<string, string>
    {
        ["dev_site"] = "site",
        ["dev_label"] = "label",
        ["dev_category"] = "category",
        ["dev_powersource"] = "powersource",
        ["dev_manufacturer"] = "manufacturer",
        ["dev_supplier"] = "supplier",
        ["dev_model"] = "model",
        ["dev_network"] = "network",
    };

    private JsonObject? Members => Twin.Fragments[Fragment] as JsonObject;

    /// <summary>Null where it was never told, or is no text.</summary>
    public string? Text(string member) => Members?[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The seed's records say Active; so does a device here until it is told otherwise, or disabled [I].</summary>
    public string Label => Text("label") ?? (Twin.Enabled ? "Active" : "Inactive");

    /// <summary>0 is no error.</summary>
    public double Error => Members?["error"] is JsonValue value && value.TryGetValue<double>(out var error) ? error : 0;
}
