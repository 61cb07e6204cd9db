namespace Grpc.Core;

/// <summary>The version whose public shape these assemblies have.</summary>
public static class VersionInfo
{
    /// <summary>The version that compiled code refers to.</summary>
    public const string CurrentAssemblyVersion = "2.0.0.0";

    /// <summary>The version of the file.</summary>
    public const string CurrentAssemblyFileVersion = "2.85.0.0";

    /// <summary>The version of the package.</summary>
    public const string CurrentVersion = "2.85.0";
}
