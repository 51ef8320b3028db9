using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Serverless.App.Demo;

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class DemoJson : JsonSerializerContext;
