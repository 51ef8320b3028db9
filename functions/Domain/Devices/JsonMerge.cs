using System.Text.Json.Nodes;

namespace Serverless.Domain.Devices;

/// <summary>JSON merge patch (RFC 7396): members of the patch replace those of the target, null removes, objects merge, anything else is taken whole.</summary>
public static class JsonMerge
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var result = target.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                result[name] = Apply(result[name] as JsonObject ?? [], inner);
            }
            else
            {
                result[name] = value.DeepClone();
            }
        }

        return result;
    }
}
