//! The functions that compilers write, by the fingerprints of their texts.
//!
//! Each was read, and copies properties or wraps an object and does nothing else. They were taken from packages in
//! the npm registry. Where a compiler begins to write another text, that is one more row; until then what it is put
//! around may go anywhere.

/// The compilers that write a function, its name, and its fingerprint.
pub(super) const KNOWN: &[(&str, &str, u64)] = &[
    ("TypeScript", "__exportStar", 0x522c_c3a4_66ef_bc4f),
    ("TypeScript", "__exportStar", 0xfce7_aef9_7eff_a307),
    ("TypeScript", "__importDefault", 0x7bf0_15b9_9254_3230),
    ("TypeScript", "__importStar", 0x4f91_7b67_551a_b3b9),
    ("TypeScript", "__importStar", 0x9dcc_7403_ee57_ca21),
    ("TypeScript", "__importStar", 0xc1ee_aa6a_8950_e8f6),
    ("TypeScript", "__importStar", 0xf837_4e98_e14b_52fd),
    ("Babel, swc", "_interopRequireDefault", 0xccb7_7dff_be71_6524),
    ("Babel", "_interopRequireDefault", 0x8bb9_3b01_a55a_a272),
    ("Babel", "_interopRequireWildcard", 0x2b14_722c_7c03_5c0c),
    ("Babel", "_interopRequireWildcard", 0x39dc_0e2f_af94_10bd),
    ("Babel", "_interopRequireWildcard", 0x7db6_b5d1_1945_5e9b),
    ("Babel", "_interopRequireWildcard", 0xcac1_033f_4e0b_c982),
    ("Babel", "_interopRequireWildcard", 0xda89_ef7b_46cf_49c3),
    ("Babel", "_interopRequireWildcard", 0xfe46_373a_1ae5_6a05),
    ("swc", "_export", 0x36c5_1030_1732_d3d5),
    ("swc", "_export", 0xec43_ba59_3396_88c2),
    ("swc", "_interop_require_wildcard", 0x324d_d385_ca81_bdbe),
    ("swc", "_interop_require_wildcard", 0x812a_0e1c_2001_4df0),
    ("esbuild", "__export", 0x1c55_8dcd_237b_bcee),
    ("esbuild", "__toCommonJS", 0x1642_148f_01b9_870f),
    ("esbuild", "__toESM", 0x7a7a_aeaa_9181_215a),
    ("esbuild", "__toESM", 0xd8fe_08d6_5920_2e57),
    ("Rollup", "_interopDefaultCompat", 0x1d31_3d02_7793_105a),
    ("Rollup", "_interopDefaultLegacy", 0x1fc0_00fe_d804_41b9),
    ("Rollup", "_interopNamespace", 0xad99_3a7a_3807_f1ef),
    ("Rollup", "_interopNamespace", 0xb67e_d303_f3ec_4c67),
    ("Rollup", "_interopNamespaceCompat", 0xc5ec_c92f_c93f_a4ea),
    ("Rollup", "_interopNamespaceDefault", 0x3926_9384_fa73_6b8a),
    ("Rollup", "_interopNamespaceDefault", 0x73ba_b613_c6da_3c89),
];
