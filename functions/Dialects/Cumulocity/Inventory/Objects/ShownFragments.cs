namespace Serverless.Dialects.Cumulocity.Inventory.Objects;

/// <summary>The fragments that the server itself reads or writes.</summary>
internal static class ShownFragments
{
    /// <summary>Marks a device.</summary>
    public const string IsDevice = "c8y_IsDevice";

    /// <summary>Marks a device that takes operations itself.</summary>
    public const string Agent = "com_cumulocity_model_Agent";

    /// <summary>Marks a group of devices.</summary>
    public const string IsDeviceGroup = "c8y_IsDeviceGroup";

    /// <summary>Marks a file.</summary>
    public const string IsBinary = "c8y_IsBinary";

    public const string Position = "c8y_Position";
    public const string Hardware = "c8y_Hardware";
    public const string Firmware = "c8y_Firmware";

    /// <summary>The types of groups, and of groups in groups.</summary>
    public static readonly IReadOnlyList<string> GroupTypes = ["c8y_DeviceGroup", "c8y_DeviceSubgroup"];
}
